import { Help, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';

@SubCommand({
  name: 'enable',
  arguments: '<id>',
  argsDescription: { id: 'of the client' },
  description: 'Let a disabled client work again; what was issued to it before stays dead',
})
export class ClientEnableCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples('regrant client enable shop');
  }

  override async run([id]: [string], options: CommonOptions): Promise<void> {
    const client = await this.rooms.use(({ clientWrites, caller }) => clientWrites.enable(caller, id));
    this.output.answer(client, options, () => `${id} is enabled`);
  }
}
