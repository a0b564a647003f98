/** Socket.IO packets (protocol revision 5), parsers and payload binding. */
package dev.sockeye.socketio.protocol;
