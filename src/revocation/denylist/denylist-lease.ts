/**
 * The word of Postgres that a store may be believed, for a moment: written into the store by the one replica
 * that keeps it, `<server> <revision> <state>`. While entries are still being gathered the state is
 * `building`: revocations must reach the store already, but a missing entry says nothing yet.
 */
export class DenylistLease {
  constructor(
    private readonly server: string,
    private readonly revision: string,
  ) {}

  get building(): string {
    return `${this.server} ${this.revision} building`;
  }

  get ready(): string {
    return `${this.server} ${this.revision} ready`;
  }

  isOf(server: string | undefined): boolean {
    return this.server === server;
  }
}

/** Whether a lease that was read from a server was given to that server, and not to one that it was copied from. */
export function isLeaseOf(server: string | undefined, lease: string | undefined): boolean {
  return server !== undefined && lease?.split(' ')[0] === server;
}

/** Whether what the server does not list is not revoked. */
export function vouchesFor(server: string | undefined, lease: string | undefined): boolean {
  return isLeaseOf(server, lease) && lease?.split(' ')[2] === 'ready';
}
