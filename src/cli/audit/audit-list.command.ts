import { Help, Option, SubCommand } from 'nest-commander';
import { type AuditDocument } from '../../audit/audit-entry.js';
import { examples } from '../help.js';
import { wholeNumber } from '../option-values.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { table } from '../terminal/table.js';
import { AuditSearchCommand, searchOf, type SearchOptions } from './audit-search.command.js';

interface Options extends SearchOptions {
  readonly limit?: number;
}

const DEFAULT_LIMIT = 50;

@SubCommand({ name: 'list', description: 'List what was done, newest first' })
export class AuditListCommand extends AuditSearchCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Option({ flags: '--limit <number>', description: 'entries at the most, 1 to 1000; 50 unless given' })
  takeLimit(value: string): number {
    return wholeNumber(value);
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant audit list --target shop',
      'regrant audit list --actor root --after 2026-03-01T00:00:00Z --json',
    );
  }

  override async run(_: string[], options: Options): Promise<void> {
    const items = await this.rooms.use(async (services) => {
      const limit = services.limit(options.limit) ?? DEFAULT_LIMIT;
      const filter = services.auditFilter(searchOf(options));
      const documents = await services.audit.find(filter, Number.MAX_SAFE_INTEGER, limit);
      return documents.map((document) => JSON.parse(document) as AuditDocument);
    });
    this.output.answer({ items }, options, () =>
      table(items, {
        entry: ({ sequence }) => sequence,
        when: ({ occurred_at }) => occurred_at,
        actor: ({ actor }) => `${actor.type} ${actor.id}`,
        action: ({ action }) => action,
        target: ({ target }) => target && `${target.type} ${target.id}`,
        reason: ({ reason }) => reason,
      }),
    );
  }
}
