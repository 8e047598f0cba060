import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Prompts } from '../terminal/prompts.js';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

@SubCommand({
  name: 'delete',
  arguments: '<id>',
  argsDescription: { id: 'of the client' },
  description: 'Delete a client, and end all that was issued to it',
})
export class ClientDeleteCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly prompts: Prompts,
  ) {
    super();
  }

  @Option({ flags: '--yes', description: 'do not ask whether it is meant' })
  takeYes(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples('regrant client delete shop', 'regrant client delete shop --yes --json');
  }

  override async run([id]: [string], { yes, ...options }: Options): Promise<void> {
    await this.prompts.confirm(`Delete the client ${id} and end all of its tokens?`, yes);
    await this.rooms.use(({ clientWrites, caller }) => clientWrites.delete(caller, id, '*'));
    this.output.answer({ client_id: id, deleted: true }, options, () => `${id} is deleted`);
  }
}
