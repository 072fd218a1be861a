package net.lecentre.certmerge.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import net.lecentre.certmerge.core.pem.PemBlock;
import net.lecentre.certmerge.core.pem.PemBlock.Header;
import net.lecentre.certmerge.core.pem.PemReader;
import net.lecentre.certmerge.core.pem.PemText;
import net.lecentre.certmerge.core.pem.PemWriter;

/** A text of any bytes. */
class PemReaderFuzzTest {
  @FuzzTest
  void any_text_is_answered(byte[] bytes) {
    PemText text = PemReader.read(bytes);
    assertThat(text.blocks()).hasSizeLessThanOrEqualTo(PemReader.MAX_BLOCKS);
    for (PemBlock block : text.blocks()) {
      // A label of any bytes cannot be written; a header is not.
      if (block.header() == Header.NONE && block.label().matches("[A-Z0-9]+( [A-Z0-9]+)*")) {
        isReadBack(block);
      }
    }
    if (text.canonical()) {
      PemWriter writer = new PemWriter();
      text.blocks().forEach(block -> writer.block(block.label(), block.der()));
      assertThat(writer.toByteArray()).isEqualTo(bytes);
    }
  }

  private static void isReadBack(PemBlock block) {
    PemText again = PemReader.read(new PemWriter().block(block.label(), block.der()).toByteArray());
    assertThat(again.damage()).isEmpty();
    assertThat(again.extraText()).isFalse();
    assertThat(again.canonical()).isTrue();
    List<PemBlock> blocks = again.blocks();
    assertThat(blocks).hasSize(1);
    assertThat(blocks.get(0).canonical()).isTrue();
    assertThat(blocks.get(0).label()).isEqualTo(block.label());
    assertThat(blocks.get(0).der()).isEqualTo(block.der());
  }
}
