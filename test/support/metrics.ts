import { send } from './http.js';

/** One value of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};
/** Numbers as Go reads them, in whichever case: prom-client writes `Nan`. */
const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? ([-+]?(?:[\d.]+(?:e[-+]?\d+)?|Inf)|nan)$/i;

/** What a scrape of `/metrics` has, strictly by the text format of Prometheus (0.0.4). */
export class Scraped {
  private constructor(readonly families: ReadonlyMap<string, MetricFamily>) {}

  static async from(url: string): Promise<Scraped> {
    const answer = await send(`${url}/metrics`, { method: 'GET' });
    if (answer.status !== 200) throw new Error(`the scrape was answered ${answer.status}`);
    return Scraped.parse(answer.text);
  }

  /** @throws Error for a line that the format does not have, or a sample outside its family */
  static parse(text: string): Scraped {
    if (!text.endsWith('\n')) throw new Error('the last line must end');
    const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
    let current = '';
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
      if (keyword === 'HELP') {
        if (families.has(name)) throw new Error(`${name} is there twice`);
        families.set(name, { type: '', help: rest, samples: [] });
        current = name;
      } else if (keyword === 'TYPE') {
        if (name !== current) throw new Error(`the type of ${name} stands elsewhere`);
        families.get(name)!.type = rest;
      } else {
        const sample = sampleOf(line);
        const { type, samples } = families.get(current)!;
        const isOfFamily = SUFFIXES[type]?.some((suffix) => sample.name === current + suffix);
        if (!isOfFamily) throw new Error(`${sample.name} stands among ${current}`);
        samples.push(sample);
      }
    }
    return new Scraped(families);
  }

  get names(): string[] {
    return [...this.families.keys()];
  }

  samples(name: string): readonly Sample[] {
    const family = this.families.get(name) ?? this.families.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (!family) throw new Error(`there is no metric ${name}`);
    return family.samples.filter((sample) => sample.name === name);
  }

  /** The sum of the samples with these labels; `undefined` where there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const matching = this.samples(name).filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return matching.length === 0 ? undefined : matching.reduce((sum, { value }) => sum + value, 0);
  }

  /** By how much a value has grown since an earlier scrape. */
  growth(before: Scraped, name: string, labels: Readonly<Record<string, string>> = {}): number {
    return (this.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
  }
}

function sampleOf(line: string): Sample {
  const [matched, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (matched === undefined) throw new Error(`not of the format: ${line}`);
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', text = '']) => [label, text])),
    value: value.endsWith('Inf') ? (value.startsWith('-') ? -Infinity : Infinity) : Number(value),
  };
}
