import { Inject, Injectable } from '@nestjs/common';
import { ClientRepository } from '../../clients/client.repository.js';
import { effectivePolicy } from '../../clients/token-policy.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';
import { ProblemError } from '../../http/problem.js';
import { FamilyListing } from '../../tokens/families/family-listing.js';
import { TokenPolicyDocument } from '../clients/client.documents.js';
import { mergePatch } from '../http/body.js';
import { parseDocument } from '../http/document.pipe.js';
import { changedDefaults, type PolicyChange, policyChange } from './policy-change.js';
import {
  type ClientPreviewDocument,
  type NewPolicyPreviewDocument,
  type PolicyPreviewDocument,
} from './policy-preview.documents.js';

const PAGE = 500;
const NAMED_CLIENTS = 50;
/** Families to look at, of one client and for a whole answer. */
const COUNTED_PER_CLIENT = 100_000;
const COUNTED = 300_000;
const POINTER = '#/token_policy/';

/** Says what a change of the token policy would change, for whom, and how much; and changes nothing. */
@Injectable()
export class PolicyPreview {
  constructor(
    private readonly clients: ClientRepository,
    private readonly families: FamilyListing,
    @Inject(tokensConfig.KEY) private readonly defaults: TokensSettings,
  ) {}

  /** @throws ProblemError 404, 422 */
  async preview({
    client_id: id,
    token_policy: patch,
  }: NewPolicyPreviewDocument): Promise<PolicyPreviewDocument> {
    const changes = id === undefined ? await this.ofDefaults(patch) : await this.ofClient(id, patch);
    const named = [...changes].sort(byProblems).slice(0, NAMED_CLIENTS);
    return { clients_changed: changes.length, clients: await this.count(named) };
  }

  private async ofClient(id: string, patch: object): Promise<PolicyChange[]> {
    const client = await this.clients.findById(id);
    if (!client) throw ProblemError.notFound('client');
    const own = parseDocument(TokenPolicyDocument, mergePatch(client.tokenPolicy, patch) as object, POINTER);
    const before = effectivePolicy(client.tokenPolicy, this.defaults);
    return [policyChange(client, before, effectivePolicy(own, this.defaults))].filter((change) => !!change);
  }

  private async ofDefaults(patch: object): Promise<PolicyChange[]> {
    const settings = parseDocument(TokenPolicyDocument, mergePatch({}, patch) as object, POINTER);
    const defaults = changedDefaults(settings, this.defaults);
    const changes: PolicyChange[] = [];
    for (let after = ''; ;) {
      const clients = await this.clients.list({}, after, PAGE);
      for (const client of clients) {
        const { tokenPolicy: own } = client;
        const change = policyChange(
          client,
          effectivePolicy(own, this.defaults),
          effectivePolicy(own, defaults),
        );
        if (change) changes.push(change);
      }
      after = clients.at(-1)?.id ?? '';
      if (clients.length < PAGE) return changes;
    }
  }

  /** One client after the other: a preview must not take the connections that refreshes need. */
  private async count(changes: readonly PolicyChange[]): Promise<ClientPreviewDocument[]> {
    const previews: ClientPreviewDocument[] = [];
    let left = COUNTED;
    for (const { client, after, changes: settings, problems } of changes) {
      const bound = Math.min(COUNTED_PER_CLIENT, left);
      const { scanned, live, would_end } = await this.families.countLive(
        client.id,
        bound,
        after.absoluteLifetime,
      );
      left -= scanned;
      previews.push({
        client_id: client.id,
        client_name: client.name,
        changes: settings,
        problems,
        live_families: live,
        would_end,
        at_least: scanned === bound,
      });
    }
    return previews;
  }
}

function byProblems(left: PolicyChange, right: PolicyChange): number {
  return right.problems.length - left.problems.length;
}
