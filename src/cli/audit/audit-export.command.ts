import { Help, SubCommand } from 'nest-commander';
import { type AuditDocument } from '../../audit/audit-entry.js';
import { examples } from '../help.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { writeLines } from '../write-lines.js';
import { AuditSearchCommand, searchOf, type SearchOptions } from './audit-search.command.js';

@SubCommand({
  name: 'export',
  arguments: '<file>',
  argsDescription: { file: 'must not be there yet; - for standard output' },
  description: 'Write what was done into a file, a JSON document a line, newest first',
})
export class AuditExportCommand extends AuditSearchCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly progress: Progress,
  ) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant audit export audit.ndjson',
      'regrant audit export - --action client.created | jq .target.id',
    );
  }

  override async run([file]: [string], options: SearchOptions): Promise<void> {
    const exported = await this.rooms.use(async (services) => {
      const filter = services.take.auditFilter(searchOf(options));
      const { sequence: newest } = await services.audit.head();
      return this.progress.during('exporting', (report) =>
        writeLines(file, services.auditReads.lines(filter), (last) => {
          report(1 - (JSON.parse(last) as AuditDocument).sequence / newest);
        }),
      );
    });
    if (file === '-') this.output.note(`${exported} entries`);
    else this.output.answer({ file, exported }, options, () => `${exported} entries are in ${file}`);
  }
}
