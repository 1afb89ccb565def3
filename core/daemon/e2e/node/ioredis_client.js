// A short session over ioredis with its default options: node ioredis_client.js PORT

const assert = require('node:assert/strict');
const Redis = require('ioredis');

async function main(port) {
  const client = new Redis(port, '127.0.0.1');
  client.on('error', (error) => {
    throw error;
  });
  assert.equal(await client.ping(), 'PONG');
  assert.equal(await client.set('ioredis:a', '1'), 'OK');
  assert.equal(await client.incrby('ioredis:a', 41), 42);
  assert.equal(await client.mset('ioredis:b', 'two', 'ioredis:c', 'three'), 'OK');
  assert.deepEqual(await client.mget('ioredis:a', 'none', 'ioredis:c'), ['42', null, 'three']);
  assert.equal(await client.hset('ioredis:h', { one: 1, two: 2 }), 2);
  assert.deepEqual(await client.hgetall('ioredis:h'), { one: '1', two: '2' });
  await assert.rejects(client.lpush('ioredis:h', 'x'), /WRONGTYPE/);

  const pipeline = client.pipeline();
  for (let at = 0; at < 1000; ++at) pipeline.set(`ioredis:${at}`, at).get(`ioredis:${at}`);
  const replies = await pipeline.exec();
  for (let at = 0; at < 1000; ++at) {
    assert.deepEqual(replies[2 * at], [null, 'OK']);
    assert.deepEqual(replies[2 * at + 1], [null, String(at)]);
  }
  assert.equal(await client.del('ioredis:a', 'ioredis:b', 'ioredis:h', 'none'), 3);
  assert.equal(await client.quit(), 'OK');
}

main(Number(process.argv[2]));
