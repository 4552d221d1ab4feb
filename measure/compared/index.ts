/** `npm run --silent compared > docs/compared.md`: the same engine before driftmark and before the usual ways of asking. */
import { machine } from '../machine.ts'
import { drift } from './drift.ts'
import { freshness } from './freshness.ts'
import { stall } from './stall.ts'

const page = async (): Promise<string> => `# The same engine, asked in four ways
Written by \`npm run --silent compared > docs/compared.md\`, on ${machine()}.

The engine is \`sim\`, an exact index in a process of its own with a flaw that is chosen and known: it logs what truly became of every row. Each
table asks it one question in several ways, over the same sockets, on the same machine. The ways beside driftmark's are in measure/compared/, a
few lines each; they stand for what is common, not for any one product.

## How long until a write is searchable?
The engine acknowledges at once and shows each row after a delay drawn for it: lognormal, half below 15 ms, 99 % below 80 ms.

${(await freshness()).join('\n')}

A poll every five seconds finds every row missing the first time and there the next: it reports its own interval. A readiness check counts what is
stored, and stored is not searchable. driftmark probes single writes on a ladder of instants and prints both ends of what that proves
([definitions](definitions.md), §2).

## How long does a search take?
The engine stands still for one second in every five, and is quick in between.

${(await stall()).join('\n')}

A closed loop does not ask while it waits: of a stall, in which a thousand users would have come, it records one search a client. This is
coordinated omission. driftmark sends when the trace says so, whatever became of the searches before, and counts from that instant (§1).

## How does recall change while rows come and go?
The engine misses each neighbour but the nearest with probability 0.05, and never changes. In 33 seconds its 2,000 rows are turned over nearly twice (half of
4,000 writes insert, half delete).

${(await drift()).join('\n')}

The answers are the same ones; only what they are held against differs. A ground-truth file knows nothing of the rows that were deleted and
inserted since, so it blames the index for the data. driftmark computes exact truth over the rows live at each search's own instant, and prints a
bracket where a write in flight leaves it open (§3).
`

process.stdout.write(await page())
