import { Injectable } from '@nestjs/common';
import { type Aggregator, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Tally } from './tally.js';

/** What a metric is called, by Prometheus' conventions and with the prefix `regrant_`, and what it says. */
export interface Described {
  readonly name: string;
  readonly help: string;
}

export interface GaugeOptions extends Described {
  readonly labels?: readonly string[];
  /** What the gauges of several workers come to: `sum` unless each of them tells of the same thing. */
  readonly aggregator?: Aggregator;
  /** Sets the gauge, whenever it is read. */
  readonly collect?: (gauge: Gauge) => void;
}

/** Every metric of this process. Each is made once, by the room that knows what it means. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** A counter with one label. */
  tally<Value extends string>(
    described: Described,
    label: string,
    expected: readonly Value[] = [],
  ): Tally<Value> {
    const counter = this.counter(described, [label]);
    const tally = new Tally(counter, [], expected);
    readThrough(counter, [tally]);
    return tally;
  }

  /** A counter with two labels: a tally for each of the `rows`, the values of the first. */
  tallies<Row extends string, Value extends string>(
    described: Described,
    labels: readonly [string, string],
    rows: readonly Row[],
    expected: readonly Value[] = [],
  ): ReadonlyMap<Row, Tally<Value>> {
    const counter = this.counter(described, labels);
    const tallies = new Map(rows.map((row) => [row, new Tally(counter, [row], expected)]));
    readThrough(counter, [...tallies.values()]);
    return tallies;
  }

  histogram({ name, help }: Described, labelNames: readonly string[], buckets: readonly number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] });
  }

  /** A gauge, left out for as long as it is not set. */
  gauge({ name, help, labels = [], aggregator = 'sum', collect }: GaugeOptions): Gauge {
    const registers = [this.registry];
    const gauge = new Gauge({ name, help, labelNames: labels, aggregator, registers });
    if (labels.length === 0) gauge.remove();
    if (collect)
      Object.assign(gauge, {
        collect: () => {
          collect(gauge);
        },
      });
    return gauge;
  }

  private counter({ name, help }: Described, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}

function readThrough<Value extends string>(counter: Counter, tallies: readonly Tally<Value>[]): void {
  const collect = () => {
    for (const tally of tallies) tally.flush();
  };
  Object.assign(counter, { collect });
}
