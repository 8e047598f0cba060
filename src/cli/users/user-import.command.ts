import { open } from 'node:fs/promises';
import { Help, Option, SubCommand } from 'nest-commander';
import { type ImportSummaryDocument } from '../../management/users/user.documents.js';
import { EXIT, UsageError } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Progress, type Report } from '../terminal/progress.js';

interface Options extends CommonOptions {
  readonly skipExisting?: boolean;
}

@SubCommand({
  name: 'import',
  arguments: '<file>',
  argsDescription: { file: '- for standard input' },
  description:
    'Create users from a file, a JSON object a line, as docs/users.md has it; no user is overwritten',
})
export class UserImportCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly progress: Progress,
  ) {
    super();
  }

  @Option({
    flags: '--skip-existing',
    description: 'pass over users that are there, as after an import that broke off',
  })
  takeSkipExisting(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant user import users.ndjson',
      'zcat users.ndjson.gz | regrant user import - --skip-existing --json',
    );
  }

  override async run([file]: [string], { skipExisting, ...options }: Options): Promise<void> {
    const onConflict = skipExisting ? 'skip' : 'fail-line';
    const summary = await this.progress.during('importing', (report) =>
      this.rooms.use(({ userImports, caller }) => userImports.run(caller, bytesOf(file, report), onConflict)),
    );
    this.output.answer(summary, options, () => told(summary));
    if (summary.failed > 0) process.exitCode = EXIT.refused;
  }
}

/** The bytes of a file as they are taken, or of standard input, of which nobody knows how many there are. */
async function* bytesOf(path: string, report: Report): AsyncGenerator<Uint8Array> {
  if (path === '-') {
    yield* process.stdin as AsyncIterable<Uint8Array>;
    return;
  }
  const file = await open(path).catch((error: unknown) => {
    throw new UsageError(`${path} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  });
  const { size } = await file.stat();
  let read = 0;
  for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
    yield chunk;
    read += chunk.length;
    report(read / size);
  }
}

function told({
  created,
  skipped,
  failed,
  problems,
  problems_left_out: more,
}: ImportSummaryDocument): string {
  return [
    ...problems.map(({ line, pointer, detail }) => `line ${line}: ${pointer} ${detail}`),
    ...(more > 0 ? [`and ${more} problems more`] : []),
    `${created} created, ${skipped} skipped, ${failed} failed`,
  ].join('\n');
}
