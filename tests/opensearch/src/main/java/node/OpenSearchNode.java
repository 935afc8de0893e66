package node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.opensearch.Version;
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/**
 * One OpenSearch node: {@code OpenSearchNode HOME NAME setting=value…}.
 *
 * <p>It ends when its standard input does, so that it never outlives the test that has started it, and takes its home
 * with it.
 */
public final class OpenSearchNode extends Node {
  private OpenSearchNode(Environment environment) {
    super(environment, List.of(plugin(Netty4ModulePlugin.class), plugin(CommonAnalysisModulePlugin.class)), true);
  }

  private static PluginInfo plugin(Class<? extends Plugin> type) {
    return new PluginInfo(type.getName(), "on the class path", "NA", Version.CURRENT,
        Integer.toString(Runtime.version().feature()), type.getName(), null, List.of(), false);
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    String name = args[1];
    Settings.Builder settings = Settings.builder()
        .put("path.home", home)
        .put("node.name", name)
        .put("network.host", "127.0.0.1")
        .put("http.type", "netty4")
        .put("transport.type", "netty4");
    for (String arg : List.of(args).subList(2, args.length)) {
      String[] pair = arg.split("=", 2);
      // A list is written with commas.
      settings.put(pair[0], pair[1]);
    }
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), home.resolve("config"), () -> name);
    OpenSearchNode node = new OpenSearchNode(environment);
    Thread parent = new Thread(() -> endWithParent(home));
    parent.setDaemon(true);
    parent.start();
    node.start();
    Thread.currentThread().join();
  }

  private static void endWithParent(Path home) {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said to a node but that it is over.
      }
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
      // The last one takes the folder of the cluster.
      home.getParent().toFile().delete();
    } catch (Exception e) {
      e.printStackTrace();
    }
    Runtime.getRuntime().halt(0);
  }
}
