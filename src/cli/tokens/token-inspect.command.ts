import { Help, Option, SubCommand } from 'nest-commander';
import { type DiagnosisDocument } from '../../management/tokens/diagnosis.documents.js';
import { EXIT } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Prompts } from '../terminal/prompts.js';
import { members, table } from '../terminal/table.js';

interface Options extends CommonOptions {
  readonly client?: string;
  readonly scope?: string;
}

@SubCommand({
  name: 'inspect',
  description:
    'Say check by check what would become of the token on standard input; exits with 3 where it would be refused',
})
export class TokenInspectCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly prompts: Prompts,
  ) {
    super();
  }

  @Option({ flags: '--client <id>', description: 'who presents it; whom it was issued to unless given' })
  takeClient(value: string): string {
    return value;
  }

  @Option({
    flags: '--scope <scopes>',
    description: 'that are asked for; all that were granted unless given',
  })
  takeScope(value: string): string {
    return value;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant token inspect < token.txt',
      'regrant token inspect --client shop --json < token.txt',
    );
  }

  override async run(_: string[], { client, scope, ...options }: Options): Promise<void> {
    const token = await this.prompts.standardInput('token');
    const found = await this.rooms.use(({ tokenDiagnosis, take }) =>
      tokenDiagnosis.diagnose(take.newDiagnosis({ token, client_id: client, scope })),
    );
    this.output.answer(found, options, () => told(found));
    if (!found.accepted) process.exitCode = EXIT.refused;
  }
}

function told({ checks, family, revocations, claims, ...verdict }: DiagnosisDocument): string {
  const list = table(checks, {
    check: ({ check }) => check,
    passes: ({ passed }) => (passed ? 'yes' : 'NO'),
    found: ({ found }) => found,
    needed: ({ passed, needed }) => (passed ? undefined : needed),
  });
  const parts = [verdict, claims, family].filter((part) => part !== undefined).map(members);
  const past = revocations.length > 0 ? [revocations.map(members).join('\n\n')] : [];
  return [...parts.slice(0, 1), list, ...parts.slice(1), ...past].join('\n\n');
}
