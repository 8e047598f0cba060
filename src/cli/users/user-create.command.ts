import { Help, Option, SubCommand } from 'nest-commander';
import { RandomSource } from '../../common/random-source.js';
import { UsageError } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { jsonObjectIn } from '../option-values.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Prompts } from '../terminal/prompts.js';
import { members } from '../terminal/table.js';

interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly generatePassword?: boolean;
  readonly withoutPassword?: boolean;
}

interface Options extends CommonOptions, PasswordOptions {
  readonly email?: string;
  readonly claims?: string;
}

/** 144 bits, in 24 characters. */
const PASSWORD_BYTES = 18;

@SubCommand({
  name: 'create',
  arguments: '<username>',
  argsDescription: { username: 'what they sign in by' },
  description: 'Create a user; their password is asked for, unless an option says otherwise',
})
export class UserCreateCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly prompts: Prompts,
    private readonly random: RandomSource,
  ) {
    super();
  }

  @Option({ flags: '--email <address>', description: 'their address' })
  takeEmail(value: string): string {
    return value;
  }

  @Option({ flags: '--claims <file>', description: 'claims about them, a JSON object; - for standard input' })
  takeClaims(value: string): string {
    return value;
  }

  @Option({ flags: '--password-stdin', description: 'read the password from standard input' })
  takePasswordStdin(): boolean {
    return true;
  }

  @Option({ flags: '--generate-password', description: 'make a password up, and show it this once' })
  takeGeneratePassword(): boolean {
    return true;
  }

  @Option({ flags: '--without-password', description: 'they sign in by other ways, or are given one later' })
  takeWithoutPassword(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples(
      'regrant user create ann --email ann@example.com',
      'regrant user create ann --password-stdin < password.txt',
      'regrant user create ann --generate-password --json',
    );
  }

  override async run([username]: [string], { email, claims: file, ...options }: Options): Promise<void> {
    const password = await this.passwordOf(options);
    const claims = file === undefined ? undefined : await jsonObjectIn(file);
    const user = Object.entries({ username, email, claims, password });
    const given = Object.fromEntries(user.filter(([, value]) => value !== undefined));
    const created = await this.rooms.use(({ userWrites, caller, request }) =>
      userWrites.create(caller, request, given),
    );
    const once = options.generatePassword ? { password } : {};
    this.output.answer(Object.assign(created, once), options, () =>
      members({ id: created.id, username, ...once }),
    );
    if (options.generatePassword && !options.json) this.output.note('the password is not shown again');
  }

  private async passwordOf(options: PasswordOptions): Promise<string | undefined> {
    const { passwordStdin, generatePassword, withoutPassword } = options;
    const ways = [passwordStdin, generatePassword, withoutPassword].filter(Boolean);
    if (ways.length > 1) throw new UsageError('there is more than one option about the password');
    if (withoutPassword) return undefined;
    if (passwordStdin) return this.prompts.standardInput('password');
    if (generatePassword) return this.random.bytes(PASSWORD_BYTES).toString('base64url');
    return this.prompts.newSecret('password', '--password-stdin or --generate-password');
  }
}
