// A correct chat server for Node: before each message stands its length, four bytes, big-endian.
//
// A nickname may be shared; who gives one that is blank, has control characters or is not UTF-8
// is disconnected; other bytes are passed on as they are. Who is four megabytes behind, or
// announces a message of more than 256 KiB, is disconnected. Usage:
// node length.js PORT --dialect length
"use strict";
const net = require("node:net");

const HEADER = 4;
const LONGEST = 256 * 1024;
const MOST_BEHIND = 4 * 1024 * 1024;
const FLUSH_MS = 1000;
const NO_NICKNAME = /^\s*$|\p{Cc}/u;

const connected = new Set();
const members = new Map(); // by socket, the bytes that stand before what it says

function framed(...parts) {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(parts.reduce((size, part) => size + part.length, 0));
  return Buffer.concat([header, ...parts]);
}

function drop(socket) {
  members.delete(socket);
  socket.destroy();
}

function say(sender, payload) {
  const frame = framed(members.get(sender), payload);
  for (const member of [...members.keys()]) {
    if (member === sender) continue;
    member.write(frame);
    if (member.writableLength > MOST_BEHIND) {
      members.delete(member);
      member.resetAndDestroy();
    }
  }
}

function take(socket, payload) {
  if (members.has(socket)) {
    say(socket, payload);
    return;
  }
  try {
    const nick = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
    if (NO_NICKNAME.test(nick)) throw new TypeError("not a nickname");
    members.set(socket, Buffer.from(`${nick}: `));
  } catch {
    drop(socket);
  }
}

// Returns what listens to one client, and puts together what it says.
function listening(socket) {
  let pieces = [];
  let size = 0;
  let wanted = HEADER; // no need to look before there is so much
  return (data) => {
    pieces.push(data);
    size += data.length;
    if (size < wanted) return;
    let rest = Buffer.concat(pieces, size);
    wanted = HEADER;
    while (!socket.destroyed && rest.length >= HEADER) {
      const length = rest.readUInt32BE();
      if (length > LONGEST) {
        drop(socket);
        return;
      }
      wanted = HEADER + length;
      if (rest.length < wanted) break;
      take(socket, rest.subarray(HEADER, wanted));
      rest = rest.subarray(wanted);
      wanted = HEADER;
    }
    // A copy: a view would keep all of it in memory.
    pieces = rest.length ? [Buffer.from(rest)] : [];
    size = rest.length;
  };
}

function attend(socket) {
  connected.add(socket);
  socket.setNoDelay(true);
  socket.on("data", listening(socket));
  socket.on("end", () => {
    members.delete(socket);
    // What waits is still written, and the end after it; but not for ever.
    socket.end();
    const timer = setTimeout(() => socket.destroy(), FLUSH_MS);
    socket.on("close", () => clearTimeout(timer));
  });
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    members.delete(socket);
    connected.delete(socket);
  });
}

function main() {
  const [port, option, dialect] = process.argv.slice(2);
  if (!/^\d+$/.test(port ?? "") || option !== "--dialect" || dialect !== "length") {
    console.error("usage: node length.js PORT --dialect length");
    process.exit(2);
  }
  const server = net.createServer({ allowHalfOpen: true }, attend);
  server.listen({ port: Number(port), host: "127.0.0.1", backlog: 1024 });
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.on(name, () => {
      for (const socket of connected) socket.destroy();
      process.exit(0);
    });
  }
}

main();
