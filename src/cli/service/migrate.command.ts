import { Command, Help, Option } from 'nest-commander';
import { EXIT } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Output } from '../terminal/output.js';

interface Options extends CommonOptions {
  readonly check?: boolean;
}

@Command({
  name: 'migrate',
  description: 'Bring the schema of the database up to date, as a server does at its start',
})
export class MigrateCommand extends OperatorCommand {
  constructor(private readonly output: Output) {
    super();
  }

  @Option({
    flags: '--check',
    description: 'change nothing: say what is missing, and exit with 3 where something is',
  })
  takeCheck(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return examples('regrant migrate', 'regrant migrate --check --json');
  }

  override async run(_: string[], { check = false, ...options }: Options): Promise<void> {
    const { withSchema } = await import('../../database/schema.js');
    const { loadEnvironment } = await import('../../config/config.module.js');
    loadEnvironment();
    const names = await withSchema(async (schema) => {
      const pending = await schema.pending();
      if (!check) await schema.migrate();
      return pending;
    });
    const document = check ? { pending: names } : { applied: names };
    this.output.answer(document, options, () => told(names, check ? 'missing' : 'applied'));
    if (check && names.length > 0) process.exitCode = EXIT.refused;
  }
}

function told(names: readonly string[], participle: string): string {
  return names.length === 0
    ? 'the schema is up to date'
    : names.map((name) => `${participle} ${name}`).join('\n');
}
