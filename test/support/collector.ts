import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A span as a collector gets it, its attributes as plain values. */
export interface ReceivedSpan {
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly links: readonly { readonly spanId: string }[];
  readonly isError: boolean;
}

/** An OpenTelemetry collector: takes OTLP over HTTP, as JSON. */
export interface Collector {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** All that was sent to it, and where to. */
  readonly bodies: string[];
  readonly paths: Set<string>;
  /** The values of `service.name`. */
  readonly services: Set<string>;
  stop(): Promise<void>;
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number>>;
}
type Wire = Omit<ReceivedSpan, 'attributes' | 'isError' | 'links'> & {
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code?: number };
  readonly links?: ReceivedSpan['links'];
};
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly Wire[] }[];
  }[];
}

export async function startCollector(): Promise<Collector> {
  const collector = {
    spans: [] as ReceivedSpan[],
    bodies: [] as string[],
    paths: new Set<string>(),
    services: new Set<string>(),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      collector.bodies.push(text);
      collector.paths.add(request.url ?? '');
      for (const { resource, scopeSpans } of (JSON.parse(text) as Export).resourceSpans) {
        collector.services.add(String(plain(resource.attributes)['service.name']));
        collector.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map(received)));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...collector,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function received({ attributes, status, links = [], ...span }: Wire): ReceivedSpan {
  return { ...span, links, attributes: plain(attributes), isError: status.code === 2 };
}

function plain(attributes: readonly KeyValue[]): Record<string, string | number> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));
}
