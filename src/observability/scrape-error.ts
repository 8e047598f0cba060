/** Of one process, and of a supervisor and its workers together. */
export const SCRAPE_ERROR = {
  name: 'regrant_scrape_error',
  help: 'Whether gauges are left out because whoever knows them did not answer.',
  aggregator: 'max',
} as const;
