import { type FastifyInstance, type FastifyReply, type onResponseHookHandler } from 'fastify';
import { type Histogram } from 'prom-client';
import { type Metrics } from '../metrics/metrics.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Lasts for as long as somebody listens. */
    isStream?: boolean;
  }
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The route of requests that have none, whatever their path. */
const NO_ROUTE = 'none';

/**
 * Measures how long requests take, by route and status class. What there is to a route is looked up as it is
 * registered, so that a request finds it at hand. Event streams are left out: they last for as long as their readers.
 */
export function registerRequestMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  const described = {
    name: 'regrant_http_request_duration_seconds',
    help: 'Seconds from a request to its answer, by route and status class.',
  };
  const histogram = metrics.histogram(described, ['route', 'status'], BUCKETS);
  const measuring = new WeakSet<object>();
  fastify.addHook('onRoute', (route) => {
    const hooks = [route.onResponse ?? []].flat();
    // The HEAD route that Fastify makes of a GET has its hooks already.
    if (route.config?.isStream || hooks.some((hook) => measuring.has(hook))) return;
    const observe = observer(histogram, route.url);
    const measure: onResponseHookHandler = (_request, reply, done) => {
      observe(reply);
      done();
    };
    measuring.add(measure);
    route.onResponse = [...hooks, measure];
  });
  const observeOther = observer(histogram, NO_ROUTE);
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.is404) observeOther(reply);
    done();
  });
}

/** The children of a route, by status class: each is looked up once. */
function observer(histogram: Histogram, route: string): (reply: FastifyReply) => void {
  const children: Histogram.Internal<string>[] = [];
  return ({ statusCode, elapsedTime }) => {
    const statusClass = Math.floor(statusCode / 100);
    children[statusClass] ??= histogram.labels(route, `${statusClass}xx`);
    children[statusClass].observe(elapsedTime / 1000);
  };
}
