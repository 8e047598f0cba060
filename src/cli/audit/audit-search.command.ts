import { Option } from 'nest-commander';
import { type CommonOptions, OperatorCommand } from '../operator-command.js';

/** Which entries are wanted; all that is given must hold. */
export interface SearchOptions extends CommonOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly targetType?: string;
  readonly target?: string;
  readonly requestId?: string;
  readonly after?: string;
  readonly before?: string;
}

/** A command on entries that are searched for. */
export abstract class AuditSearchCommand extends OperatorCommand {
  @Option({ flags: '--actor <id>', description: 'only by this client, user or operator' })
  takeActor(value: string): string {
    return value;
  }

  @Option({ flags: '--action <action>', description: 'only this, for example client.created' })
  takeAction(value: string): string {
    return value;
  }

  @Option({ flags: '--target-type <type>', description: 'only on such things, for example client' })
  takeTargetType(value: string): string {
    return value;
  }

  @Option({ flags: '--target <id>', description: 'only on the thing of this id' })
  takeTarget(value: string): string {
    return value;
  }

  @Option({ flags: '--request-id <id>', description: 'only of this request or command' })
  takeRequestId(value: string): string {
    return value;
  }

  @Option({ flags: '--after <time>', description: 'not before this time, as RFC 3339 writes it' })
  takeAfter(value: string): string {
    return value;
  }

  @Option({ flags: '--before <time>', description: 'before this time' })
  takeBefore(value: string): string {
    return value;
  }
}

/** The search in the names of the management API. */
export function searchOf(options: SearchOptions): object {
  const { actor, action, targetType, target, requestId, after, before } = options;
  return { actor, action, target_type: targetType, target, request_id: requestId, after, before };
}
