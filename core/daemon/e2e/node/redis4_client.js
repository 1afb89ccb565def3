// A short session over redis@4 with its default options: node redis4_client.js PORT

const assert = require('node:assert/strict');
const { createClient } = require('redis');

async function main(port) {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on('error', (error) => {
    throw error;
  });
  await client.connect();
  assert.equal(await client.ping(), 'PONG');
  assert.equal(await client.set('redis4:a', '1'), 'OK');
  assert.equal(await client.incrBy('redis4:a', 41), 42);
  assert.equal(await client.mSet({ 'redis4:b': 'two', 'redis4:c': 'three' }), 'OK');
  assert.deepEqual(await client.mGet(['redis4:a', 'none', 'redis4:c']), ['42', null, 'three']);
  assert.equal(await client.hSet('redis4:h', { one: 1, two: 2 }), 2);
  assert.deepEqual({ ...(await client.hGetAll('redis4:h')) }, { one: '1', two: '2' });
  await assert.rejects(client.lPush('redis4:h', 'x'), /WRONGTYPE/);

  // Requests of one tick leave as one pipeline.
  const asked = [];
  for (let at = 0; at < 1000; ++at) {
    asked.push(client.set(`redis4:${at}`, String(at)), client.get(`redis4:${at}`));
  }
  const replies = await Promise.all(asked);
  for (let at = 0; at < 1000; ++at) {
    assert.deepEqual(replies.slice(2 * at, 2 * at + 2), ['OK', String(at)]);
  }
  assert.equal(await client.del(['redis4:a', 'redis4:b', 'redis4:h', 'none']), 3);
  await client.quit();
}

main(Number(process.argv[2]));
