import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';

interface Options extends CommonOptions {
  readonly at?: string;
  readonly immediately?: boolean;
}

@SubCommand({
  name: 'rotate',
  arguments: '<algorithm>',
  argsDescription: { algorithm: 'one of SIGNING_ALGORITHMS, or A256CBC-HS512' },
  description: 'Publish a key that takes over once every cache of the JWKS can have it',
})
export class KeyRotateCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
  ) {
    super();
  }

  @Option({
    flags: '--at <time>',
    description: 'when it takes over, as RFC 3339 writes it; SIGNING_KEY_PUBLISH_AHEAD from now unless given',
  })
  takeAt(value: string): string {
    return value;
  }

  @Option({ flags: '--immediately', description: 'have it sign at once, though caches of the JWKS lack it' })
  takeImmediately(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples('regrant key rotate ES256', 'regrant key rotate ES256 --at 2030-01-01T03:00:00Z');
  }

  override async run([algorithm]: [string], { at, immediately, ...options }: Options): Promise<void> {
    const key = await this.rooms.use(({ keyWrites, caller, request, take }) =>
      keyWrites.create(caller, request, take.newKey({ algorithm, active_from: at, immediately })),
    );
    this.output.answer(key, options, () => `${key.kid} is published and signs from ${key.active_from}`);
  }
}
