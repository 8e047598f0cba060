import { Help, Option, SubCommand } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { another, jsonObjectIn } from '../option-values.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Prompts } from '../terminal/prompts.js';
import { members } from '../terminal/table.js';
import { metadataOf, type MetadataOptions } from './metadata-options.js';

interface Options extends CommonOptions, MetadataOptions {
  readonly metadata?: string;
  readonly secretStdin?: boolean;
}

@SubCommand({
  name: 'create',
  arguments: '[id]',
  argsDescription: { id: 'made up where left out' },
  description: 'Register a client; the secret of a confidential one is made up, and shown this once',
})
export class ClientCreateCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly prompts: Prompts,
  ) {
    super();
  }

  @Option({ flags: '--name <name>', description: 'shown to people' })
  takeName(value: string): string {
    return value;
  }

  @Option({ flags: '--public', description: 'one that has no secret, such as an app on a phone' })
  takePublic(): boolean {
    return true;
  }

  @Option({ flags: '--grant <type>', description: 'a grant that it may use; as often as needed' })
  takeGrant(value: string, before?: readonly string[]): readonly string[] {
    return another(value, before);
  }

  @Option({ flags: '--scope <scopes>', description: 'that it may ask for, space-separated' })
  takeScope(value: string): string {
    return value;
  }

  @Option({ flags: '--default-scope <scopes>', description: 'of a request that names none' })
  takeDefaultScope(value: string): string {
    return value;
  }

  @Option({ flags: '--redirect-uri <uri>', description: 'where people are sent back to; as often as needed' })
  takeRedirectUri(value: string, before?: readonly string[]): readonly string[] {
    return another(value, before);
  }

  @Option({
    flags: '--metadata <file>',
    description: 'all of it, as the management API takes it; - for standard input',
  })
  takeMetadata(value: string): string {
    return value;
  }

  @Option({ flags: '--secret-stdin', description: 'read the secret from standard input' })
  takeSecretStdin(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant client create shop --grant refresh_token --grant password --scope "read write"',
      'regrant client create spa --public --grant refresh_token --redirect-uri https://spa.example/callback',
      'regrant client create shop --metadata shop.json --secret-stdin < secret.txt',
    );
  }

  override async run([id]: string[], { metadata, secretStdin, ...options }: Options): Promise<void> {
    const secret = secretStdin ? await this.prompts.standardInput('client secret') : undefined;
    const client = {
      ...(metadata === undefined ? {} : await jsonObjectIn(metadata)),
      ...metadataOf(options),
      ...(id !== undefined && { client_id: id }),
      ...(secret !== undefined && { client_secret: secret }),
    };
    const { client_secret: madeUp, ...created } = await this.rooms.use((services) =>
      services.clientWrites.create(services.caller, services.request, services.take.newClient(client)),
    );
    // A secret that was given is known to whoever gave it.
    const secretOnce = secret === undefined ? { client_secret: madeUp } : {};
    this.output.answer({ ...created, ...secretOnce }, options, () =>
      members({ client_id: created.client_id, ...secretOnce }),
    );
    if (!options.json && secretOnce.client_secret !== undefined)
      this.output.note('the secret is not shown again');
  }
}
