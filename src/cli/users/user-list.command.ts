import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { ListCommand, Listing, type ListOptions, pageOf } from '../listing.js';
import { Rooms } from '../rooms/rooms.js';

interface Options extends ListOptions {
  readonly prefix?: string;
  readonly email?: string;
  readonly status?: string;
}

@SubCommand({ name: 'list', description: 'List users, newest first' })
export class UserListCommand extends ListCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly listing: Listing,
  ) {
    super();
  }

  @Option({ flags: '--prefix <text>', description: 'only those whose user name begins with it' })
  takePrefix(value: string): string {
    return value;
  }

  @Option({ flags: '--email <address>', description: 'only those with this address' })
  takeEmail(value: string): string {
    return value;
  }

  @Option({ flags: '--status <status>', description: 'only those that are active, or disabled' })
  takeStatus(value: string): string {
    return value;
  }

  @Help('after')
  examples(): string {
    return examples('regrant user list --prefix ann', 'regrant user list --status disabled --json');
  }

  override async run(_: string[], { prefix, email, status, ...options }: Options): Promise<void> {
    const page = await this.rooms.use((services) => {
      const wanted = { username_prefix: prefix, email, status, ...pageOf(options) };
      const { limit, cursor, username_prefix: usernamePrefix, ...filter } = services.take.userQuery(wanted);
      return services.userReads.list({ ...filter, usernamePrefix }, cursor, limit);
    });
    this.listing.show(page, options, {
      id: ({ id }) => id,
      'user name': ({ username }) => username,
      email: ({ email: address }) => address,
      status: ({ status: state }) => state,
      password: ({ has_password }) => (has_password ? 'yes' : 'no'),
    });
  }
}
