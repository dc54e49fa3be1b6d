/** @module `kcovet outbox`: the mails that a watch drafted, looked at, approved, dropped and sent by hand. */
import { Command, Option } from 'commander';
import type { Draft, DraftStore } from '../lists/draft.js';
import type { Verb } from '../lists/moderate.js';
import { clean } from '../render/line.js';
import { CliFailure, exitStatus, type Io } from './io.js';
import { openOutbox, type OutboxPlace, type OutboxStore } from './outbox-store.js';
import { textWidth } from './terminal.js';

/** Drafts that are listed. */
const LISTED_MAX = 1000;

interface OutboxFlags extends OutboxPlace {
  readonly all?: boolean;
  readonly format?: 'text' | 'json';
  readonly raw?: boolean;
  readonly why?: string;
  readonly port?: string;
}

const help = `
A watch makes drafts and sends those that its policy lets out; the others wait
here for somebody. States: held until its delay is over; waiting for a moderator;
approved; claimed while it is sent; then sent, refused by a mail server, unsure
where nobody knows whether it arrived, or dropped.

Examples:
  kcovet outbox list                        what has not gone, and what is unsure
  kcovet outbox show 3f2a9c01b7de           one draft, with the mail as it would go
  kcovet outbox show --raw ID > reply.eml   the mail alone, byte by byte
  kcovet outbox approve ID                  it goes with the next round
  kcovet outbox drop ID --why "the lock is held"
  kcovet outbox retry ID                    unsure or refused: send it after all
  kcovet outbox send                        send now what is due
  kcovet outbox page                        the same as pages, on this machine

Whose drafts: those of the server that KCOVET_DATA, DATABASE_URL, KCOVET_WATCH or
a kcovet.yml given with --config name, as for kcovet serve; else those of the
watch whose watch.yml is given with --config, or is here; else those of a server
that keeps its data in kcovet-data. docs/gateway.md says more.

Exit status: 0 done; 2 usage, a configuration that is wrong, or no such draft.`;

/** Opens, does and closes. */
async function within<T>(place: OutboxPlace, io: Io, work: (one: OutboxStore) => Promise<T>): Promise<T> {
  const one = await openOutbox(place, io);
  try {
    return await work(one);
  } finally {
    await one.store.close();
  }
}

/** The draft of an id, or of the beginning of one. */
async function draftOf(drafts: DraftStore, id: string): Promise<Draft> {
  const exact = await drafts.find(id);
  if (exact) return exact;
  const { DRAFT_STATES } = await import('../lists/draft.js');
  const near = id.length < 4 ? [] : (await drafts.inStates(DRAFT_STATES, LISTED_MAX)).filter((one) => one.id.startsWith(id));
  if (near.length === 1 && near[0]) return near[0];
  throw new CliFailure(`outbox: ${near.length === 0 ? 'there is no draft' : 'several drafts begin with'} ${clean(id)}: kcovet outbox list --all shows them`);
}

async function list({ all, format, ...place }: OutboxFlags, io: Io): Promise<void> {
  const [{ entryOf, outboxLines }, { DRAFT_STATES }] = await Promise.all([import('../lists/outbox.js'), import('../lists/draft.js')]);
  const states = all ? DRAFT_STATES : DRAFT_STATES.filter((one) => !['sent', 'dropped', 'refused'].includes(one));
  const found = await within(place, io, ({ store }) => store.drafts.inStates(states, LISTED_MAX));
  // What moderators get is about another draft, which is listed.
  const drafts = all ? found : found.filter(({ kind }) => kind !== 'moderation');
  if (format === 'json') io.stdout.write(`${JSON.stringify({ schema: 'kcovet/outbox@1', drafts: drafts.map(entryOf) }, null, 2)}\n`);
  else io.stdout.write(drafts.length === 0 ? `nothing waits${all ? '' : '; --all shows what went, too'}\n` : `${outboxLines(drafts, textWidth(io)).join('\n')}\n`);
}

async function show(id: string, { format, raw, ...place }: OutboxFlags, io: Io): Promise<void> {
  const { draftLines, entryOf } = await import('../lists/outbox.js');
  const draft = await within(place, io, ({ store }) => draftOf(store.drafts, id));
  if (raw) io.stdout.write(draft.mail.raw);
  else if (format === 'json') io.stdout.write(`${JSON.stringify({ schema: 'kcovet/outbox@1', ...entryOf(draft), raw: draft.mail.raw }, null, 2)}\n`);
  else io.stdout.write(`${draftLines(draft).join('\n')}\n`);
}

async function decide(verb: Verb, ids: readonly string[], flags: OutboxFlags, io: Io): Promise<void> {
  const [{ moderate }, { draftNotes }] = await Promise.all([import('../lists/moderate.js'), import('../lists/audited-drafts.js')]);
  await within(flags, io, async ({ store }) => {
    for (const id of ids) {
      const draft = await draftOf(store.drafts, id);
      const by = io.env['USER'] || 'the command line';
      const refusal = await moderate(store.drafts, draft.id, { verb, by, why: flags.why ?? '', nowMs: Date.now(), note: draftNotes(store) });
      if (refusal !== null) throw new CliFailure(`outbox: ${clean(refusal)}`);
      io.stdout.write(`${draft.id}: ${{ approve: 'approved', reject: 'dropped', retry: 'to be sent again' }[verb]}\n`);
    }
  });
}

async function send(flags: OutboxFlags, io: Io): Promise<void> {
  const [{ officeFor }, { jsonLog }, { Post }, { auditedDrafts, draftNotes }] = await Promise.all([
    import('../lists/open-office.js'), import('../service/log.js'), import('../lists/post.js'), import('../lists/audited-drafts.js'),
  ]);
  await within(flags, io, async ({ store, watch }) => {
    const { config, folder, file } = await watch();
    const office = officeFor(config, { folder, env: io.env, drafts: auditedDrafts(store, Date.now), said: store.said, note: draftNotes(store), log: jsonLog((line) => io.stderr.write(line)) });
    if (typeof office === 'string') throw new CliFailure(`${clean(file)}: outbox: ${clean(office)}`);
    const { sent, later, refused, unsure, dropped, stopped } = await new Post(office, { now: Date.now, trusted: config.trust, ears: store, submissions: store.submissions }).send();
    io.stdout.write(stopped === '' ? `${sent} sent, ${later} later, ${refused} refused, ${unsure} unsure, ${dropped} dropped\n` : `nothing is sent: ${clean(stopped)}\n`);
  });
}

/** Shows pages on this machine until the process is told to end. */
async function pages(flags: OutboxFlags, io: Io): Promise<void> {
  const [{ outboxApp }, { accessOf }, { startPageServer }, { jsonLog }, { randomBytes }, { draftNotes }] = await Promise.all([
    import('../web/outbox-routes.js'), import('../web/access.js'), import('../web/page-server.js'), import('../service/log.js'), import('node:crypto'), import('../lists/audited-drafts.js'),
  ]);
  const port = Number(flags.port ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new CliFailure(`outbox page: --port ${clean(flags.port ?? '')}: give a port, such as 8080, or leave it out`);
  await within(flags, io, async ({ store }) => {
    const token = randomBytes(24).toString('base64url');
    const app = outboxApp({ drafts: store.drafts, note: draftNotes(store), now: Date.now }, { access: accessOf({ pages: 'token', token }), log: jsonLog((line) => io.stderr.write(line)) });
    const server = await startPageServer(app, port).catch((error: unknown) => {
      throw new CliFailure(`outbox page: cannot listen on 127.0.0.1:${port} (${error instanceof Error ? clean(error.message) : 'unknown'}): name another --port`);
    });
    io.stdout.write(`kcovet: open http://127.0.0.1:${server.port}/login?token=${token}&to=/outbox\n`);
    await io.untilStopped();
    await server.stop();
  });
}

/** The command, which reports its exit status to `done`. */
export function outboxCommand(io: Io, done: (status: number) => void): Command {
  const sub = (name: string, summary: string): Command => new Command(name).summary(summary).description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .option('-c, --config <file>', 'the watch.yml of the watch, or the kcovet.yml of the server').option('--env <file>', 'variables, a line NAME=VALUE each');
  const ended = async (work: Promise<void>): Promise<void> => {
    await work;
    done(exitStatus.reviewed);
  };
  const format = (): Option => new Option('--format <name>', 'text or json').choices(['text', 'json']).default('text');
  const verb = (name: string, meant: Verb, summary: string): Command => sub(name, summary).argument('<id...>', 'of kcovet outbox list')
    .option('--why <text>', 'the reason, which is kept').action((ids: string[], flags: OutboxFlags) => ended(decide(meant, ids, flags, io)));
  return new Command('outbox')
    .summary('the mails a watch drafted: list, show, approve, drop')
    .description('Shows the mails that kcovet watch drafted, and decides what becomes of them.')
    .addHelpText('after', help)
    .addCommand(sub('list', 'lists the drafts that have not gone').option('--all', 'those, too, that went or were dropped, and what moderators got').addOption(format()).action((flags: OutboxFlags) => ended(list(flags, io))))
    .addCommand(sub('show', 'shows one draft').argument('<id>', 'of kcovet outbox list').option('--raw', 'the mail alone, byte by byte').addOption(format())
      .action((id: string, flags: OutboxFlags) => ended(show(id, flags, io))))
    .addCommand(verb('approve', 'approve', 'lets drafts go'))
    .addCommand(verb('drop', 'reject', 'drops drafts: they never go'))
    .addCommand(verb('retry', 'retry', 'sends again what is unsure or was refused'))
    .addCommand(sub('page', 'shows pages to approve and drop drafts on, on this machine').option('--port <number>', 'where to listen on 127.0.0.1; any free port when left out')
      .action((flags: OutboxFlags) => ended(pages(flags, io))))
    .addCommand(sub('send', 'sends now what is due').action((flags: OutboxFlags) => ended(send(flags, io))));
}
