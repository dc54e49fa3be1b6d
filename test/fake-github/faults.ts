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

/** A request that waits. */
export interface Held {
  /** Resolves when a request has come. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  readonly release: () => void;
}

interface Holding extends FaultMatch {
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

export class Faults {
  private faults: { fault: Fault; left: number }[] = [];
  private holdings: Holding[] = [];

  add(fault: Fault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  hold(match: FaultMatch): Held {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => { arrive = resolve; });
    const released = new Promise<void>((resolve) => { release = resolve; });
    this.holdings.push({ ...match, arrive, released });
    return { reached, release };
  }

  /** Ends all faults; what is held goes on only when it is released. */
  clear(): void {
    this.faults = [];
    this.holdings = [];
  }

  /** Waits where a request is held. */
  async wait(method: string, path: string): Promise<void> {
    const holding = this.holdings.find((one) => matches(one, method, path));
    if (!holding) return;
    this.holdings = this.holdings.filter((one) => one !== holding);
    holding.arrive();
    await holding.released;
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
