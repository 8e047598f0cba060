import { Help, Option, SubCommand } from 'nest-commander';
import { type AuditAnchor, type AuditVerification } from '../../audit/audit-verifier.js';
import { EXIT, UsageError } from '../failure.js';
import { examples } from '../help.js';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';
import { Rooms } from '../rooms/rooms.js';
import { Output } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

interface Options extends CommonOptions {
  readonly anchor?: AuditAnchor;
}

@SubCommand({
  name: 'verify',
  description: 'Verify that nobody has tampered with the log; 1 is the exit code where someone has',
})
export class AuditVerifyCommand extends OperatorCommand {
  constructor(
    private readonly rooms: Rooms,
    private readonly output: Output,
    private readonly progress: Progress,
  ) {
    super();
  }

  @Option({
    flags: '--anchor <sequence:mac>',
    description: 'the head that an earlier verification told: shows that nothing was cut off since',
  })
  takeAnchor(value: string): AuditAnchor {
    const [, sequence, mac] = /^(\d{1,15}):([\da-f]{0,64})$/.exec(value) ?? [];
    if (sequence === undefined || mac === undefined) throw new UsageError('an anchor is <sequence>:<mac>');
    return { sequence: Number(sequence), mac };
  }

  @Help('after')
  examples(): string {
    return examples('regrant audit verify', 'regrant audit verify --anchor 42:9f86d081884c7d65...');
  }

  override async run(_: string[], { anchor, ...options }: Options): Promise<void> {
    const found = await this.rooms.use(({ auditVerifier }) =>
      this.progress.during('verifying', (report) => auditVerifier.verify(anchor, report)),
    );
    this.output.answer(found, options, () => told(found));
    if (!found.intact) process.exitCode = EXIT.failed;
  }
}

function told({ verified, head, broken }: AuditVerification): string {
  const verdict = broken
    ? `BROKEN at entry ${broken.sequence} (${broken.problem}): ${verified} before it hold`
    : `intact: ${verified} entries`;
  return `${verdict}\nhead ${head.sequence}:${head.mac}`;
}
