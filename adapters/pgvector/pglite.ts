/** Entry of the child process: PGlite with pgvector behind a socket; tells its parent the port, ends when that is gone. */
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/** The package's default is 1: it would cut off the second engine. */
const CONNECTIONS = 200

const db = await PGlite.create({ extensions: { vector } })
const server = new PGLiteSocketServer({
  db,
  host: '127.0.0.1',
  port: 0,
  maxConnections: CONNECTIONS,
})
await server.start()

// Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
process.on('SIGINT', () => {})
process.once('disconnect', async () => {
  await server.stop()
  await db.close()
})
process.send!({ port: Number(server.getServerConn().split(':').at(-1)) })
