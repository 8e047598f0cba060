import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { wholeNumber } from '../option-values.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { members } from '../terminal/table.js';

interface Options extends CommonOptions {
  readonly overlap?: number;
}

@SubCommand({
  name: 'rotate-secret',
  arguments: '<id>',
  argsDescription: { id: 'of the client' },
  description: 'Give a client a new secret, which is shown this once',
})
export class ClientRotateSecretCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Option({
    flags: '--overlap <seconds>',
    description: 'how long the secret before works on, up to 31536000; a day unless given, 0 ends it at once',
  })
  takeOverlap(value: string): number {
    return wholeNumber(value);
  }

  @Help('after')
  examples(): string {
    return examples('regrant client rotate-secret shop', 'regrant client rotate-secret shop --overlap 0');
  }

  override async run([id]: [string], { overlap, ...options }: Options): Promise<void> {
    const rotated = await this.rooms.use((services) => {
      const { overlap_seconds: seconds } = services.take.secretRotation({ overlap_seconds: overlap });
      return services.clientWrites.rotateSecret(services.caller, services.request, id, seconds);
    });
    const { client_id, client_secret } = rotated;
    this.output.answer(rotated, options, () => members({ client_id, client_secret }));
    if (!options.json) this.output.note('the secret is not shown again');
  }
}
