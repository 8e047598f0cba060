import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { Listing, pageOf } from '../listing.js';
import { wholeNumber } from '../option-values.js';
import { Rooms } from '../rooms/rooms.js';
import { AuditSearchCommand, searchOf, type SearchOptions } from './audit-search.command.js';

interface Options extends SearchOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

@SubCommand({ name: 'list', description: 'List what was done, newest first' })
export class AuditListCommand extends AuditSearchCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly listing: Listing,
  ) {
    super();
  }

  @Option({ flags: '--limit <number>', description: 'entries at the most, 1 to 1000; 50 unless given' })
  takeLimit(value: string): number {
    return wholeNumber(value);
  }

  @Option({ flags: '--cursor <cursor>', description: 'go on after a page before, which told its cursor' })
  takeCursor(value: string): string {
    return value;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant audit list --target shop',
      'regrant audit list --actor root --after 2026-03-01T00:00:00Z --json',
    );
  }

  override async run(_: string[], options: Options): Promise<void> {
    const page = await this.rooms.use((services) => {
      const wanted = { ...searchOf(options), ...pageOf(options) };
      const { filter, cursor, limit } = services.take.auditQuery(wanted);
      return services.auditReads.list(filter, cursor, limit);
    });
    this.listing.show(page, options, {
      entry: ({ sequence }) => sequence,
      when: ({ occurred_at }) => occurred_at,
      actor: ({ actor }) => `${actor.type} ${actor.id}`,
      action: ({ action }) => action,
      target: ({ target }) => target && `${target.type} ${target.id}`,
      reason: ({ reason }) => reason,
    });
  }
}
