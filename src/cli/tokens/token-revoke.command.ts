import { Help, Option, SubCommand } from 'nest-commander';
import { type DiagnosisDocument } from '../../management/tokens/diagnosis.documents.js';
import { RefusedError } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { type Services } from '../rooms/services.js';
import { Output } from '../terminal/output.js';
import { Prompts } from '../terminal/prompts.js';

interface Options extends CommonOptions {
  readonly family?: string;
  readonly user?: string;
  readonly client?: string;
  readonly jti?: string;
  readonly all?: boolean;
  readonly tokenStdin?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
}

@SubCommand({
  name: 'revoke',
  description: 'Revoke tokens for good, on every replica at once: those that exactly one of these names',
})
export class TokenRevokeCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly prompts: Prompts,
  ) {
    super();
  }

  @Option({ flags: '--family <id>', description: 'a session: its refresh token and all its access tokens' })
  takeFamily(value: string): string {
    return value;
  }

  @Option({ flags: '--user <id>', description: 'all that a user has; with --client, at that client' })
  takeUser(value: string): string {
    return value;
  }

  @Option({ flags: '--client <id>', description: 'all that was issued to a client' })
  takeClient(value: string): string {
    return value;
  }

  @Option({ flags: '--jti <id>', description: 'one access token, of the --client; its session goes on' })
  takeJti(value: string): string {
    return value;
  }

  @Option({ flags: '--all', description: 'all tokens of everybody' })
  takeAll(): boolean {
    return true;
  }

  @Option({ flags: '--token-stdin', description: 'the session of the token on standard input' })
  takeTokenStdin(): boolean {
    return true;
  }

  @Option({ flags: '--reason <text>', description: 'why, for the audit log; no secrets' })
  takeReason(value: string): string {
    return value;
  }

  @Option({ flags: '--yes', description: 'do not ask whether --all or --client is meant' })
  takeYes(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant token revoke --user 0198d3a2-1f0c-7c11-8a3e-5d2b7c9e0f41 --reason "laptop stolen"',
      'regrant token revoke --token-stdin < token.txt',
      'regrant token revoke --all --yes --reason "keys leaked"',
    );
  }

  override async run(_: string[], { reason, yes, tokenStdin, ...options }: Options): Promise<void> {
    const token = tokenStdin ? await this.prompts.standardInput('token') : undefined;
    const { family, user, client, jti, all } = options;
    if (all || (client !== undefined && user === undefined && jti === undefined))
      await this.prompts.confirm(`Revoke every token of ${client ?? 'everybody'}?`, yes);
    const named = { family_id: family, user_id: user, client_id: client, jti, all, reason };
    const revocation = await this.rooms.use(async (services) => {
      const wanted = token === undefined ? named : { ...named, ...(await sessionOf(token, services)) };
      const { order, reason: words } = services.take.revocation(wanted);
      return services.revocations.revoke(services.caller, services.request, order, words);
    });
    const { target, revoked } = revocation;
    this.output.answer(revocation, options, () =>
      revoked ? `${target.type} ${target.id} is revoked` : `${target.type} ${target.id} was dead already`,
    );
  }
}

/** What the token stands for, in the names of the management API. @throws RefusedError for one that is not ours */
async function sessionOf(token: string, { tokenDiagnosis, take }: Services): Promise<object> {
  const { family, claims }: DiagnosisDocument = await tokenDiagnosis.diagnose(take.newDiagnosis({ token }));
  if (family) return { family_id: family.family_id };
  const { jti, client_id, exp } = (claims ?? {}) as { jti?: string; client_id?: string; exp?: number };
  if (jti === undefined || exp === undefined) throw new RefusedError('no such token is known here');
  return { jti, client_id, expires_at: new Date(exp * 1000).toISOString() };
}
