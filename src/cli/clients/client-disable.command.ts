import { Help, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';

@SubCommand({
  name: 'disable',
  arguments: '<id>',
  argsDescription: { id: 'of the client' },
  description: 'End all that was issued to a client, for good, and let it do nothing any more',
})
export class ClientDisableCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples('regrant client disable shop');
  }

  override async run([id]: [string], options: CommonOptions): Promise<void> {
    const client = await this.rooms.use(({ clientWrites, caller }) => clientWrites.disable(caller, id));
    this.output.answer(client, options, () => `${id} is disabled`);
  }
}
