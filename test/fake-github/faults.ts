/**
 * @module What goes wrong on the fake GitHub when a test wants it: answers instead of the real ones, connections that are
 * cut, requests that are held until they are let go. Each fault is for one route and a number of times.
 */

/** Which requests. */
export interface FaultMatch {
  readonly method?: string;
  readonly path: RegExp;
}

export interface Fault extends FaultMatch {
  /** How often; once when left out. */
  readonly times?: number;
  /** The work is done before it goes wrong, so that whoever asked cannot know. */
  readonly done?: boolean;
  /** What is answered; the connection is cut when left out. */
  readonly answer?: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string };
}

/** Which requests are held, and when. */
export interface HoldMatch extends FaultMatch {
  /** Held when its work is done and it was not answered yet; before its work when left out. */
  readonly done?: boolean;
}

/** A request that waits. */
export interface Held {
  /** Resolves when a request has come. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  readonly release: () => void;
  /** Lets it come to nothing: the connection is cut. */
  readonly drop: () => void;
}

interface Holding extends HoldMatch {
  readonly arrive: () => void;
  readonly released: Promise<'go on' | 'drop'>;
}

export class Faults {
  private faults: { fault: Fault; left: number }[] = [];
  private holdings: Holding[] = [];

  add(fault: Fault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  hold(match: HoldMatch): Held {
    let arrive = (): void => undefined;
    let end = (_how: 'go on' | 'drop'): void => undefined;
    const reached = new Promise<void>((resolve) => { arrive = resolve; });
    const released = new Promise<'go on' | 'drop'>((resolve) => { end = resolve; });
    this.holdings.push({ ...match, arrive, released });
    return { reached, release: () => end('go on'), drop: () => end('drop') };
  }

  /** Ends all faults; what is held goes on only when it is released. */
  clear(): void {
    this.faults = [];
    this.holdings = [];
  }

  /** Waits where a request is held, before its work or after it. */
  async wait(method: string, path: string, done = false): Promise<'go on' | 'drop'> {
    const holding = this.holdings.find((one) => matches(one, method, path) && (one.done ?? false) === done);
    if (!holding) return 'go on';
    this.holdings = this.holdings.filter((one) => one !== holding);
    holding.arrive();
    return await holding.released;
  }

  /** The fault that a request meets, if any; counts it. */
  take(method: string, path: string): Fault | null {
    const found = this.faults.find((one) => one.left > 0 && matches(one.fault, method, path));
    if (!found) return null;
    found.left -= 1;
    return found.fault;
  }
}

function matches({ method, path: pattern }: FaultMatch, asked: string, path: string): boolean {
  return (method === undefined || method === asked) && pattern.test(path);
}
