import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { freePort } from '../support/free-port.js';
import { basic, postForm } from '../support/http.js';
import { Scraped } from '../support/metrics.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

const PAGE = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
/** Of Prometheus' own making. */
const BUCKET_LABEL = 'le';

describe('docs/metrics.md', () => {
  let service: TestApp;
  let scraped: Scraped;
  beforeAll(async () => {
    const port = await freePort();
    service = await startApp({ MANAGEMENT_PORT: String(port) });
    const token = await firstRefreshToken(service.url);
    await refresh(service.url, token);
    await refresh(service.url, token, { ...DEMO, secret: 'wrong' });
    const authorization = basic(DEMO.id, DEMO.secret!);
    await postForm(`${service.url}/oauth2/introspect`, { token: 'nonsense' }, { authorization });
    await postForm(`${service.url}/oauth2/revoke`, { token }, { authorization });
    scraped = await Scraped.from(`http://127.0.0.1:${port}`);
  });
  afterAll(() => service.stop());

  /** Rows whose first cell is a metric: its name, and its labels. */
  const documented = () =>
    [...PAGE.matchAll(/^\| `(regrant_\w+)` *\|([^|]*)\|/gm)].map(([, name = '', labels = '']) => {
      return { name, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) };
    });

  it('lists exactly the metrics that the service exports', () => {
    const exported = scraped.names.filter((name) => name.startsWith('regrant_'));
    expect(
      documented()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(exported.sort());
    expect(scraped.names.filter((name) => !/^(regrant|process|nodejs)_/.test(name))).toEqual([]);
  });

  it('lists the labels of each', () => {
    for (const { name, labels } of documented()) {
      const samples = scraped.families.get(name)?.samples ?? [];
      const exported = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
      exported.delete(BUCKET_LABEL);
      expect([name, ...[...exported].sort()]).toEqual([name, ...labels.sort()]);
    }
  });

  it('explains every outcome of a refresh, every decider and every reason that it names', () => {
    const values = (metric: string, label: string) =>
      scraped.samples(metric).map(({ labels }) => labels[label] ?? '');
    const explained = [
      ...values('regrant_refreshes_total', 'outcome'),
      ...values('regrant_access_token_checks_total', 'decided_by'),
      ...values('regrant_denylist_lookups_total', 'outcome'),
      ...values('regrant_client_authentication_failures_total', 'reason'),
      ...values('regrant_lockouts_total', 'limit'),
      ...values('regrant_batch_members_count', 'batcher'),
      ...values('regrant_scrape_error', 'source'),
      ...values('regrant_backchannel_logouts_total', 'outcome'),
      ...values('regrant_ssf_pushes_total', 'outcome'),
    ];
    expect(explained.filter((value) => !PAGE.includes(`\`${value}\``))).toEqual([]);
  });
});
