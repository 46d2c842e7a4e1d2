// Of several messages that share a segment only the first is relayed.
//
// Violates RELAY-9, RELAY-1, JOIN-9. Speaks length.
//
// Each event is taken for one frame at least, and what stands behind that frame is thrown away.
// Usage: node forgets_second_frame.js PORT --dialect length
"use strict";
const net = require("node:net");

const HEADER = 4;
const members = new Map(); // by socket, the nickname

function frame(payload) {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

function take(socket, payload) {
  if (!members.has(socket)) {
    members.set(socket, payload.toString());
    return;
  }
  const relayed = frame(Buffer.concat([Buffer.from(`${members.get(socket)}: `), payload]));
  for (const member of members.keys()) if (member !== socket) member.write(relayed);
}

const server = net.createServer((socket) => {
  let held = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("close", () => members.delete(socket));
  socket.on("data", (data) => {
    held = Buffer.concat([held, data]);
    if (held.length < HEADER) return;
    const end = HEADER + held.readUInt32BE(0);
    if (held.length < end) return;
    const payload = held.subarray(HEADER, end);
    held = Buffer.alloc(0);
    take(socket, payload);
  });
});

for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(0));
server.listen(Number(process.argv[2]), "127.0.0.1", 512);
