import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { freePort } from '../support/free-port.js';
import { basic, postForm } from '../support/http.js';
import { Scraped } from '../support/metrics.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

function read(file: string): string {
  return readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
}
const dashboard = JSON.parse(read('grafana/regrant.json')) as Dashboard;
const rules = (parse(read('prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

const METRIC = /\b((?:regrant|process|nodejs)_\w+)(?:\{([^}]*)\})?/g;
const MATCHER = /(\w+)(=~|!~|!=|=)"([^"]*)"/g;
/** What Prometheus adds to every sample, and a query's own variables. */
const ADDED = ['instance', 'job'];

/** The metrics that a query names, and what it asks of their labels. */
function selectors(
  query: string,
): { name: string; matchers: { label: string; operator: string; value: string }[] }[] {
  return [...query.matchAll(METRIC)].map(([, name = '', inner = '']) => ({
    name,
    matchers: [...inner.matchAll(MATCHER)]
      .map(([, label = '', operator = '', value = '']) => ({ label, operator, value }))
      .filter(({ label }) => !ADDED.includes(label)),
  }));
}

/** The labels that a query keeps, or a legend shows. */
const labelsIn = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));

const queries = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr, shown: [] as string[] })),
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      of: title,
      expr,
      shown: labelsIn(legendFormat, /\{\{(\w+)\}\}/g),
    })),
  ),
];

describe('deploy/prometheus and deploy/grafana', () => {
  let service: TestApp;
  let scraped: Scraped;
  beforeAll(async () => {
    const port = await freePort();
    service = await startApp({ MANAGEMENT_PORT: String(port) });
    const token = await firstRefreshToken(service.url);
    await refresh(service.url, token);
    const authorization = basic(DEMO.id, DEMO.secret!);
    await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization });
    await postForm(`${service.url}/oauth2/revoke`, { token }, { authorization });
    scraped = await Scraped.from(`http://127.0.0.1:${port}`);
  });
  afterAll(() => service.stop());

  it.each(queries)('$of: asks for metrics, labels and values that there are', ({ expr, shown }) => {
    const asked = selectors(expr);
    expect(asked.length).toBeGreaterThan(0);
    for (const { name, matchers } of asked) {
      const samples = scraped.samples(name);
      expect([name, samples.length]).not.toEqual([name, 0]);
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
      for (const { label, operator, value } of matchers) {
        expect([name, ...labels]).toContain(label);
        const wanted = operator === '=' ? [value] : operator === '=~' ? value.split('|') : [];
        const exported = samples.map((sample) => sample.labels[label]);
        for (const one of wanted) expect([name, ...exported]).toContain(one);
      }
      const kept = [...labelsIn(expr, /\bby \(([^)]*)\)/g), ...shown].filter(
        (label) => !ADDED.includes(label),
      );
      for (const label of kept) expect([name, ...labels]).toContain(label);
    }
  });

  it.each(queries)('$of: is balanced, and rates only what is counted', ({ expr }) => {
    expect(expr.match(/\(/g)?.length ?? 0).toBe(expr.match(/\)/g)?.length ?? 0);
    for (const [, name = ''] of expr.matchAll(/\b(?:rate|increase)\((\w+)/g)) {
      const family =
        scraped.families.get(name) ?? scraped.families.get(name.replace(/_(bucket|sum|count)$/, ''));
      expect([name, family?.type]).toEqual([name, expect.stringMatching(/^(counter|histogram)$/)]);
    }
  });

  it('has rules that say for how long, how bad, what and what to do', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, for: duration, labels, annotations } of rules) {
      expect(alert).toMatch(/^Regrant[A-Z]\w+$/);
      expect(duration).toMatch(/^\d+[mh]$/);
      expect(labels.severity).toMatch(/^(critical|warning)$/);
      expect(annotations.summary).toMatch(/\.$/);
      const kebab = alert.replaceAll(/(?<=.)[A-Z]/g, '-$&').toLowerCase();
      expect(annotations.runbook_url).toBe(`docs/operations.md#alert-${kebab}`);
    }
  });

  it('has a dashboard whose panels are told apart, and whose variable is exported', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { definition } of dashboard.templating.list) {
      const [, metric] = /^label_values\((\w+), instance\)$/.exec(definition ?? '') ?? [];
      if (definition !== undefined) expect(scraped.names).toContain(metric);
    }
  });
});
