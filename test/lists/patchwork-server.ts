/** @module A Patchwork on loopback that keeps its checks, takes one token, and can fail before or after it did what it was asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeptCheck {
  readonly id: number;
  readonly patch: number;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly target_url?: string;
}

/** What happens to the next request of a method. */
export interface Fault {
  readonly method: 'GET' | 'POST';
  readonly status: number;
  /** It is done all the same, and nobody is told. */
  readonly done?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

export class PatchworkServer {
  readonly checks: KeptCheck[] = [];
  readonly faults: Fault[] = [];
  /** Requests as "GET /path". */
  readonly asked: string[] = [];
  private constructor(private readonly server: Server, private readonly patches: Readonly<Record<string, number>>) {}

  static async start(patches: Readonly<Record<string, number>>): Promise<PatchworkServer> {
    const server = createServer();
    const made = new PatchworkServer(server, patches);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { status, headers, body } = made.answer(request.method ?? '', request.url ?? '', { token: request.headers.authorization, body: Buffer.concat(parts).toString('utf8') });
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(method: string, url: string, { token, body }: { token: string | undefined; body: string }): { status: number; headers?: Readonly<Record<string, string>>; body: unknown } {
    this.asked.push(`${method} ${url}`);
    const at = this.faults.findIndex((fault) => fault.method === method);
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    if (fault && !fault.done) return { status: fault.status, headers: fault.headers, body: { detail: 'no' } };
    const given = token === 'Token secret' ? this.carriedOut(method, new URL(url, 'http://x'), body) : { status: 401, body: { detail: 'token' } };
    return fault ? { status: fault.status, body: { detail: 'no' } } : given;
  }

  private carriedOut(method: string, url: URL, body: string): { status: number; body: unknown } {
    if (url.pathname === '/api/1.2/patches/') {
      const id = this.patches[url.searchParams.get('msgid') ?? ''];
      return { status: 200, body: id === undefined ? [] : [{ id }] };
    }
    const patch = Number(/^\/api\/1\.2\/patches\/(\d+)\/checks\/$/u.exec(url.pathname)?.[1] ?? NaN);
    if (!Object.values(this.patches).includes(patch)) return { status: 404, body: {} };
    if (method === 'GET') return { status: 200, body: this.checks.filter((one) => one.patch === patch) };
    const check = { ...JSON.parse(body) as Omit<KeptCheck, 'id' | 'patch'>, id: this.checks.length + 1, patch };
    this.checks.push(check);
    return { status: 201, body: check };
  }
}
