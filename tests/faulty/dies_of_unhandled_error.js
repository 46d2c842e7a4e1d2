// A member whose connection is reset ends the whole server.
//
// Violates LEAVE-2, JOIN-4, LEAVE-1, LIFE-4, STAY-1. Speaks length.
//
// Nobody listens for the event "error" of a socket, and Node ends a process that leaves one out.
// Usage: node dies_of_unhandled_error.js PORT --dialect length
"use strict";
const net = require("node:net");

const HEADER = 4;
const LONGEST = 256 * 1024;
const NO_NICKNAME = /^\s*$|\p{Cc}/u;
const members = new Map(); // by socket, the nickname

function frame(payload) {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
}

function take(socket, payload) {
  if (members.has(socket)) {
    const relayed = frame(Buffer.concat([Buffer.from(`${members.get(socket)}: `), payload]));
    for (const member of members.keys()) if (member !== socket) member.write(relayed);
  } else if (NO_NICKNAME.test(payload.toString())) {
    socket.destroy();
  } else {
    members.set(socket, payload.toString());
  }
}

const server = net.createServer((socket) => {
  let held = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("end", () => members.delete(socket));
  socket.on("close", () => members.delete(socket));
  socket.on("data", (data) => {
    held = Buffer.concat([held, data]);
    while (held.length >= HEADER && held.length >= HEADER + held.readUInt32BE()) {
      const end = HEADER + held.readUInt32BE();
      take(socket, held.subarray(HEADER, end));
      held = held.subarray(end);
    }
    if (held.length >= HEADER && held.readUInt32BE() > LONGEST) socket.destroy();
  });
});

for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(0));
server.listen(Number(process.argv[2]), "127.0.0.1", 512);
