/** @module What stands between the store and a database, and can fail as a network and a server do. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private silent = false;
  private port = 0;

  private constructor(private server: Server, private readonly to: URL) {}

  /** Stands before the server that a URL names. */
  static async before(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(createServer(), new URL(url));
    await proxy.start();
    return proxy;
  }

  /** The URL with this proxy in the place of its server. */
  get url(): string {
    const url = new URL(this.to);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Listens, again on the same port. */
  async start(): Promise<void> {
    this.silent = false;
    this.server = createServer((from) => this.join(from));
    await new Promise<void>((resolve) => { this.server.listen(this.port, '127.0.0.1', resolve); });
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Ends all connections and refuses new ones. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => { this.server.close(resolve); });
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Takes what comes and hands nothing on, on all connections there are and new ones. */
  hush(): void {
    this.silent = true;
    for (const socket of this.sockets) socket.unpipe().resume();
  }

  private join(from: Socket): void {
    const onward = connect(Number(this.to.port || 5432), this.to.hostname);
    for (const socket of [from, onward]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => { this.sockets.delete(socket); from.destroy(); onward.destroy(); });
    }
    if (this.silent) return void from.resume();
    from.pipe(onward).pipe(from);
  }
}
