/** What went wrong, as far as a person is concerned; each has a title and a text in the locales. */
export const PAGE_ERROR_KINDS = [
  'invalid',
  'expired',
  'forbidden',
  'not_found',
  'too_many',
  'unavailable',
  'unexpected',
] as const;
export type PageErrorKind = (typeof PAGE_ERROR_KINDS)[number];

/** An error to be shown to a person as a page. */
export class PageError extends Error {
  override readonly name = 'PageError';

  private constructor(
    readonly status: number,
    readonly kind: PageErrorKind,
    /** For the log, and on the page for developers: ASCII, nothing secret. */
    readonly detail?: string,
  ) {
    super(detail ?? kind);
  }

  /** 403: the form, or what the page's URL carries, is too old, or not this browser's. */
  static expired(detail?: string): PageError {
    return new PageError(403, 'expired', detail);
  }

  /** 400: a client sent the person here with a request that can't be answered. */
  static invalid(detail: string): PageError {
    return new PageError(400, 'invalid', detail);
  }

  /** 403. */
  static forbidden(detail: string): PageError {
    return new PageError(403, 'forbidden', detail);
  }

  /** 404. */
  static notFound(detail?: string): PageError {
    return new PageError(404, 'not_found', detail);
  }
}
