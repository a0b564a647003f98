package dev.sockeye.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Reads the client's address from the header of the PROXY protocol, version 1 or 2, with which the connection must
 * start. Removes itself from the pipeline afterwards, like the preceding decoder, which closes connections without the
 * header.
 */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final HttpConnection connection;

    private ProxyHeader(HttpConnection connection) {
        this.connection = connection;
    }

    /** Adds the handlers that read the header; must be called before TLS is added. */
    static void add(ChannelPipeline pipeline, HttpConnection connection, int maxHeaderSize) {
        pipeline.addLast(new HAProxyMessageDecoder(maxHeaderSize), new ProxyHeader(connection));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        // without an address (a health check of the proxy's own, UNKNOWN, a Unix socket) the peer is the client
        if (header.command() == HAProxyCommand.PROXY
                && (family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6)) {
            InetAddress client = NetUtil.createInetAddressFromIpAddressString(header.sourceAddress());
            if (client != null) {
                connection.setClient(new InetSocketAddress(client, header.sourcePort()));
            }
        }
        ctx.pipeline().remove(this);
    }
}
