// A correct chat client for Node: readline for the person, net for the server.
//
// Speaks raw. What is heard stands above the line that is being typed. Control characters are
// shown as escapes. It does not know who tests it. Usage: node readline.js HOST PORT raw
"use strict";
const net = require("node:net");
const readline = require("node:readline");
const { StringDecoder } = require("node:string_decoder");

const PROMPT = Buffer.from("nickname");
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

const [host, port] = process.argv.slice(2);
const atTerminal = process.stdin.isTTY && process.stdout.isTTY;
const decoder = new StringDecoder("utf8");
const early = []; // lines that were typed before the server asked
let opening = Buffer.alloc(0); // what came before it is known whether that is the prompt
let begun = false;
let connected = false;

const person = readline.createInterface({
  input: process.stdin,
  output: process.stdout,
  terminal: Boolean(atTerminal),
  prompt: "> ",
  historySize: 0,
});
const server = net.connect({ host, port: Number(port) });

function tell(text) {
  if (atTerminal) {
    readline.cursorTo(process.stdout, 0);
    readline.clearScreenDown(process.stdout);
  }
  process.stdout.write(text + "\n");
  if (atTerminal) person.prompt(true);
}

function show(data) {
  const text = decoder.write(data);
  const escape = (char) => "\\x" + char.charCodeAt(0).toString(16).padStart(2, "0");
  if (text) tell(text.replace(CONTROL, escape));
}

function end(words, status) {
  if (words) process.stdout.write("\n" + words + "\n");
  server.destroy();
  process.exit(status);
}

function say(line) {
  if (!begun) early.push(line);
  else if (line) server.write(line);
}

function begin() {
  const known = Math.min(opening.length, PROMPT.length);
  const fits = opening.subarray(0, known).equals(PROMPT.subarray(0, known));
  if (fits && opening.length < PROMPT.length) return;
  begun = true;
  if (fits) {
    opening = opening.subarray(PROMPT.length);
    tell("And you are?");
  }
  show(opening);
  early.splice(0).forEach(say);
}

server.setNoDelay(true);
server.on("connect", () => {
  connected = true;
});
server.on("data", (data) => {
  if (begun) {
    show(data);
    return;
  }
  opening = Buffer.concat([opening, data]);
  begin();
});
server.on("error", (error) => {
  const what = connected ? "The connection is lost" : `${host}:${port} does not answer`;
  end(`${what} (${error.code}).`, connected ? 0 : 1);
});
server.on("end", () => end("The server has hung up.", 0));

person.on("line", say);
person.on("SIGINT", () => end("", 0));
person.on("close", () => {
  // What was typed last is still to be sent.
  if (begun) server.end(() => end("", 0));
  else end("", 0);
});
process.on("SIGINT", () => end("", 0));
