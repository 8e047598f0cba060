import { Help, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { shownClient } from './shown-client.js';

@SubCommand({
  name: 'show',
  arguments: '<id>',
  argsDescription: { id: 'of the client' },
  description: 'Show a client, with its token policy as it is in force',
})
export class ClientShowCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples('regrant client show shop', 'regrant client show shop --json');
  }

  override async run([id]: [string], options: CommonOptions): Promise<void> {
    const client = await this.rooms.use(({ clientReads }) => clientReads.find(id));
    this.output.answer(client, options, () => shownClient(client));
  }
}
