import { once } from 'node:events'
import { connect } from 'node:net'
import type { Address } from '../../adapters/contract/address.ts'

/** In seconds, how long a host may take to accept a connection. */
const PATIENCE = 10

/** Why no connection can be made to an address; null where somebody listens there, whatever it is. */
export const whyNobodyListens = async ({ host, port }: Address): Promise<string | null> => {
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE * 1000) })
    return null
  } catch (error) {
    return `${inWords(error as NodeJS.ErrnoException, host, port)}: start the server there, or name the address where it is`
  } finally {
    socket.destroy()
  }
}

const inWords = ({ code, message }: NodeJS.ErrnoException, host: string, port: number): string => {
  if (code === 'ECONNREFUSED') return `nobody listens at ${host}:${port}`
  if (code === 'ENOTFOUND') return `there is no host ${host}`
  if (code === 'ABORT_ERR') return `${host}:${port} has not answered for ${PATIENCE} s`
  return `${host}:${port} does not answer (${message})`
}
