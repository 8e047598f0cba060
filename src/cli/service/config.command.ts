import { Command, Help } from 'nest-commander';
import { type Setting } from '../../config/settings.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Output } from '../terminal/output.js';
import { table } from '../terminal/table.js';

@Command({
  name: 'config',
  description: 'Check the environment and show the settings that it makes, without secrets',
})
export class ConfigCommand extends OperatorCommand {
  constructor(private readonly output: Output) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples('regrant config', 'NODE_ENV=production regrant config --json');
  }

  override async run(_: string[], options: CommonOptions): Promise<void> {
    const { loadEnvironment } = await import('../../config/config.module.js');
    const { settingsOf } = await import('../../config/settings.js');
    loadEnvironment();
    const settings = settingsOf(process.env);
    const items = settings.map(({ isSecret, ...setting }) => ({ ...setting, is_secret: isSecret }));
    this.output.answer({ items }, options, () =>
      table(settings, { setting: ({ name }) => name, value: shown, 'set by': ({ source }) => source }),
    );
  }
}

function shown({ isSecret, source, value }: Setting): unknown {
  if (isSecret) return source === 'default' ? '(not set)' : '(secret)';
  return value;
}
