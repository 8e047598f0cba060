import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Prompts } from '../terminal/prompts.js';

interface Options extends CommonOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

@SubCommand({
  name: 'revoke',
  arguments: '<kid>',
  argsDescription: { kid: 'the id of the key' },
  description: 'Revoke a key that someone else may have, and with it every access token that it signed',
})
export class KeyRevokeCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly prompts: Prompts,
  ) {
    super();
  }

  @Option({
    flags: '--reason <text>',
    description: 'for those who read it later; no secrets',
    required: true,
  })
  takeReason(value: string): string {
    return value;
  }

  @Option({ flags: '--yes', description: 'do not ask whether it is meant' })
  takeYes(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples('regrant key revoke oV4cT8Gz... --reason "A backup with it was lost" --yes');
  }

  override async run([kid]: [string], { reason, yes, ...options }: Options): Promise<void> {
    await this.prompts.confirm(`Revoke the key ${kid} and every access token that it signed?`, yes);
    const key = await this.rooms.use(({ keyWrites, caller, take }) =>
      keyWrites.revoke(caller, kid, take.keyRevocation({ reason }).reason),
    );
    this.output.answer(key, options, () => `${kid} is revoked`);
  }
}
