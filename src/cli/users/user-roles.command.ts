import { Help, Option, SubCommand } from 'nest-commander';
import { type UserRolesDocument } from '../../management/roles/role.documents.js';
import { RefusedError, UsageError } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { type Services } from '../rooms/services.js';
import { Output } from '../terminal/output.js';
import { members } from '../terminal/table.js';

interface Options extends CommonOptions {
  readonly set?: string[];
  readonly none?: boolean;
}

@SubCommand({
  name: 'roles',
  arguments: '<username>',
  argsDescription: { username: 'what they sign in by' },
  description: 'Show the roles that a user has at the management API, or set them',
})
export class UserRolesCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Option({
    flags: '--set <role>',
    description: 'a role that they are to have, instead of those they had; again for more',
  })
  takeSet(value: string, others: string[] = []): string[] {
    return [...others, value];
  }

  @Option({ flags: '--none', description: 'take all their roles away' })
  takeNone(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant user roles ann',
      'regrant user roles ann --set admin',
      'regrant user roles ann --set auditor --set support',
    );
  }

  override async run([username]: [string], { set, none, ...options }: Options): Promise<void> {
    if (set && none) throw new UsageError('--set and --none contradict each other');
    const wanted = none ? [] : set;
    const answer = await this.rooms.use((services) => rolesOf(services, username, wanted));
    this.output.answer({ username, roles: answer.roles }, options, () =>
      members({ username, roles: answer.roles.join(', ') || '-' }),
    );
  }
}

/** @param wanted the roles to have from now on; left out, they stay */
async function rolesOf(
  { caller, take, users, roleReads, userRoleWrites }: Services,
  username: string,
  wanted: string[] | undefined,
): Promise<UserRolesDocument> {
  const user = await users.findByUsername(username);
  if (!user) throw new RefusedError(`there is no user ${username}`);
  if (!wanted) return roleReads.ofUser(user.id);
  return userRoleWrites.replace(caller, user.id, '*', take.userRoles({ roles: wanted }));
}
