// An S3 server in memory, on 127.0.0.1 alone: the program of fauxqs listens on every interface.
import { buildApp } from 'fauxqs'

const app = buildApp({ logger: false })
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
