import { Inject, Injectable } from '@nestjs/common';
import { lowestUuidAt } from '../../common/uuid-time.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';
import { Database } from '../../database/database.js';
import { type FamilyFilter, type ListedFamily } from './listed-family.js';
import * as statements from './listed-family.statements.js';
import { type IdRange } from './listed-family.statements.js';

/** Rows that an index gives for one page, whatever share of them the filter lets pass. */
const SCANNED = 1_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export interface FamilyPage {
  readonly families: readonly ListedFamily[];
  /** The id to go on below; none at the end. */
  readonly next?: string;
}

/** How many of a client's newest families were looked at, how many live, and how many of those would not. */
export interface LiveCount {
  readonly scanned: number;
  readonly live: number;
  readonly would_end: number;
}

/**
 * Families for admins to look at, newest first, dead or alive.
 *
 * Pages go by the id, which never changes: whatever is issued, rotated or revoked meanwhile, no family comes twice,
 * and none that was there all along is missed. A page costs no more than {@link SCANNED} rows: where few of them pass
 * the filter it comes back short, even empty, with a `next`.
 */
@Injectable()
export class FamilyListing {
  constructor(
    private readonly database: Database,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  /** @param below the `next` of the page before */
  async list(filter: FamilyFilter, limit: number, below?: string): Promise<FamilyPage> {
    const range = rangeOf(filter, below);
    const edge = passesMoreThanOnIndex(filter) ? undefined : await this.findEdge(filter, range);
    const scanned = edge === undefined ? range : { ...range, from: edge };
    const [statement, values] = statements.pageQuery(
      filter,
      scanned,
      limit + 1,
      this.settings.absoluteLifetime,
    );
    const found = await this.database.query<ListedFamily>(statement, values);
    const families = found.slice(0, limit);
    return { families, next: found.length > limit ? families.at(-1)?.id : edge };
  }

  async findById(id: string): Promise<ListedFamily | undefined> {
    const values = [this.settings.absoluteLifetime, id];
    return (await this.database.query<ListedFamily>(statements.FIND_LISTED, values))[0];
  }

  /**
   * Counts a client's live families, and those of them that an absolute lifetime would end at once.
   *
   * @param bound rows to look at, the newest
   * @param absoluteLifetime seconds, 0 for none
   */
  async countLive(clientId: string, bound: number, absoluteLifetime: number): Promise<LiveCount> {
    const values = [this.settings.absoluteLifetime, bound, clientId, absoluteLifetime];
    const [count] = await this.database.query<LiveCount>(statements.COUNT_LIVE, values);
    return count ?? { scanned: 0, live: 0, would_end: 0 };
  }

  private async findEdge(filter: FamilyFilter, range: IdRange): Promise<string | undefined> {
    const [statement, values] = statements.edgeQuery(filter, range, SCANNED);
    return (await this.database.query<{ id: string }>(statement, values))[0]?.id;
  }
}

/** Whether whatever the index gives passes. */
function passesMoreThanOnIndex({ userId, clientId, status }: FamilyFilter): boolean {
  return status === undefined && (userId === undefined || clientId === undefined);
}

function rangeOf({ issuedAfter, issuedBefore }: FamilyFilter, cursor = LAST_ID): IdRange {
  const from = issuedAfter ? lowestUuidAt(issuedAfter.getTime()) : FIRST_ID;
  const before = issuedBefore ? lowestUuidAt(issuedBefore.getTime()) : LAST_ID;
  return { from, below: before < cursor ? before : cursor };
}
