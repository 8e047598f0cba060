import { Help, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { ListCommand, Listing, type ListOptions, pageOf } from '../listing.js';
import { Rooms } from '../rooms/rooms.js';

@SubCommand({
  name: 'list',
  description: 'List the keys in use and those that were revoked lately, by their algorithms',
})
export class KeyListCommand extends ListCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly listing: Listing,
  ) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples('regrant key list', 'regrant key list --json');
  }

  override async run(_: string[], options: ListOptions): Promise<void> {
    const page = await this.rooms.use((services) => {
      const { cursor, limit } = services.take.keyQuery(pageOf(options));
      return services.keyReads.list(cursor, limit);
    });
    this.listing.show(page, options, {
      kid: ({ kid }) => kid,
      algorithm: ({ algorithm }) => algorithm,
      state: ({ state }) => state,
      'signs from': ({ active_from }) => active_from,
      'signs until': ({ retire_at, revoked_at }) => revoked_at ?? retire_at,
    });
  }
}
