import { type Duplex } from 'node:stream';

/** Connections that no server counts any more: ended when the gateway closes. */
export class OpenTunnels {
  private readonly sockets = new Set<Duplex>();

  add(sockets: readonly Duplex[]): void {
    for (const socket of sockets) {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    }
  }

  end(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
