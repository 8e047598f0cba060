import { Command, Help } from 'nest-commander';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { type Services } from '../rooms/services.js';
import { Output } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

@Command({
  name: 'purge',
  description: 'Delete at once what is over and a server would delete in time (PURGE_INTERVAL, PURGE_AFTER)',
})
export class PurgeCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly progress: Progress,
  ) {
    super();
  }

  @Help('after')
  examples(): string {
    return examples('regrant purge', 'regrant purge --json');
  }

  override async run(_: string[], options: CommonOptions): Promise<void> {
    const purged = await this.rooms.use((services) => this.purge(services));
    this.output.answer({ purged }, options, () => purged.map((name) => `purged ${name}`).join('\n'));
  }

  private async purge({ sweeper, writes, caller }: Services): Promise<readonly string[]> {
    for (const name of sweeper.names)
      await this.progress.during(`purging ${name}`, (report) => sweeper.run(name, report));
    await writes.run(caller, ({ audit }) => {
      audit({ action: 'data.purged', details: { purged: sweeper.names } });
      return Promise.resolve();
    });
    return sweeper.names;
  }
}
