import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { ListCommand, Listing, type ListOptions, pageOf } from '../listing.js';
import { Rooms } from '../rooms/rooms.js';

interface Options extends ListOptions {
  readonly search?: string;
  readonly enabled?: boolean;
  readonly disabled?: boolean;
}

@SubCommand({ name: 'list', description: 'List clients, in the order of their ids' })
export class ClientListCommand extends ListCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly listing: Listing,
  ) {
    super();
  }

  @Option({ flags: '--search <text>', description: 'only those with this in their id or name' })
  takeSearch(value: string): string {
    return value;
  }

  @Option({ flags: '--enabled', description: 'only enabled ones' })
  takeEnabled(): boolean {
    return true;
  }

  @Option({ flags: '--disabled', description: 'only disabled ones' })
  takeDisabled(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples('regrant client list', 'regrant client list --search shop --json');
  }

  override async run(_: string[], { search, enabled, disabled, ...options }: Options): Promise<void> {
    const page = await this.rooms.use((services) => {
      const wanted = { search, enabled: enabled ?? (disabled ? false : undefined), ...pageOf(options) };
      const { limit, cursor, ...filter } = services.take.clientQuery(wanted);
      return services.clientReads.list(filter, cursor, limit);
    });
    this.listing.show(page, options, {
      id: ({ client_id }) => client_id,
      name: ({ client_name }) => client_name,
      enabled: ({ enabled: isEnabled }) => (isEnabled ? 'yes' : 'no'),
      authentication: ({ token_endpoint_auth_methods: methods }) => methods,
      grants: ({ grant_types }) => grant_types,
    });
  }
}
